module example.org/upload

go 1.25.0

require github.com/rstwatch/rstwatch v0.0.0

replace github.com/rstwatch/rstwatch => ../../../../..
