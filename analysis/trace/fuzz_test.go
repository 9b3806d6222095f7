package trace

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rstwatch/rstwatch/analysis"
)

// FuzzRead: no text makes the parser or the model panic, and what is printed
// of a text that can be read is read back as the same.
func FuzzRead(f *testing.F) {
	for _, path := range []string{"linux.txtar", "darwin.txtar"} {
		a, err := txtar.ParseFile(filepath.Join("..", "testdata", path))
		if err != nil {
			f.Fatal(err)
		}
		for _, c := range a.Files {
			f.Add(c.Data)
		}
	}
	printed, err := os.ReadFile(filepath.Join("testdata", "reset-on-read.trace"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(printed)
	f.Add([]byte(`socket 1 "r\x00le" - > - as "o p"` + "\n" + `0.1..0.2 "r\x00le" "o p" 5 deadline -0.1 = 3+"F|+"|? <- none error "\u202e"`))
	f.Add([]byte("client dial\nserver accept\nclient read 16 = EAGAIN state \"<b>\u202e\" by 0.9"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4096 {
			return // the model's patience is tested elsewhere
		}
		first := read(t, string(text))
		if first == nil {
			return
		}
		var a, b bytes.Buffer
		if err := Print(&a, first); err != nil {
			t.Fatal(err)
		}
		again, err := Read(a.String())
		if err != nil {
			t.Fatalf("what was printed can not be read: %v\n%s", err, a.String())
		}
		if err := Print(&b, again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a.String(), b.String()); diff != "" {
			t.Errorf("printed, read and printed again (-first +second)\n%s", diff)
		}
		for _, c := range a.Bytes() {
			if c != '\n' && (c < ' ' || c > '~') {
				t.Fatalf("octet %#x is printed", c)
			}
		}
	})
}

// read returns the runs of a text, nil if it is wrong.
func read(t *testing.T, text string) []*analysis.Run {
	runs, err := Read(text)
	if err == nil {
		return runs
	}
	if e := (*LineError)(nil); !errors.As(err, &e) || e.Line < 1 {
		t.Fatalf("%T without a line: %v", err, err)
	}
	return nil
}
