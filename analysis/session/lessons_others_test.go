//go:build !linux

package session

// toldTexts are texts whose results are the same on every system.
func toldTexts() map[string]string {
	return map[string]string{"read in time": `
client  dial
server  accept
client  write "ab"
server  read 2
server  close
client  read 16   = ECONNRESET
---
line 7: client read 16 gave EOF, expected ECONNRESET`}
}
