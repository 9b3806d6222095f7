package trace

import "testing"

func TestIsText(t *testing.T) {
	for name, tt := range map[string]struct {
		head string
		want bool
	}{
		"a text":                             {"client  dial\nserver  acc", true},
		"cut within a character":             {"# a note\n# é"[:11], true},
		"pcap":                               {"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", false},
		"pcap, big endian":                   {"\xa1\xb2\xc3\xd4\x00\x02\x00\x04", false},
		"pcapng":                             {"\n\r\r\n\x1c\x00\x00\x00", false},
		"pcapng, with a comment of one line": {"\n\r\r\n\x9c\x00\x00\x00M<+\x1a\x01\x00\x00\x00 Linux, and no other line", false},
		"gzip":                               {"\x1f\x8b\x08\x00", false},
	} {
		if got := IsText([]byte(tt.head)); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
