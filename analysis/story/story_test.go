package story

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestWrong: each line that no story can have is named, with what would be
// right.
func TestWrong(t *testing.T) {
	const open = "client dial\nserver accept\n"
	for _, test := range []struct{ text, want string }{
		{"", "line 1: no call: a line is such as client dial"},
		{"# nothing\n\n", "line 1: no call: "},
		{"client", "line 1: a line is ROLE OP, or ROLE > ROLE FLAGS"},
		{"clint dial", `line 1: "clint" is neither client nor server`},
		{"client.1 dial", `line 1: "client.1" is no name: `},
		{"client.x dial", `line 1: "client.x" is no name: `},
		{"client accept", "line 1: the client does not accept: the server does"},
		{"client listen", "line 1: the client has no listener: the server has"},
		{"client read 1", "line 1: client has no socket yet: a line client dial comes before"},
		{"client dial\nserver.2 close", "line 2: server.2 has no socket yet: a line server.2 accept comes before"},
		{open + "client dial", "line 3: client has a socket already: another connection's is client.2"},
		{open + "client read", "line 3: read takes a number, such as read 16"},
		{open + "client read 0x7fffffff", "line 3: read takes a number up to "},
		{open + "client read -1", "line 3: read takes a number up to "},
		{open + "client read ten", "line 3: read ten: it asks for a number of octets"},
		{open + "client close 3", "line 3: close takes nothing, and not 3"},
		{open + "client peek 3", `line 3: "peek" is no call of a story: there are accept, bind, `},
		{open + "client write \"a", "line 3: a string has no end"},
		{open + "client write 1 within 1s", "line 3: only a read has a deadline in a story: read 16 within 20ms"},
		{open + "client read 1 deadline 0.1", "line 3: only a read has a deadline in a story: read 16 within 20ms"},
		{open + "client read 1 within soon", "line 3: within takes a time such as 20ms, not soon"},
		{open + "client poll ERR", "line 3: a story polls for HUP, RDHUP or IN"},
		{open + "client ... = EOF", "line 3: no call of client is under way"},
		{open + "client read 1 = +", `line 3: octets before a fault are such as 5+ECONNRESET, not +`},
		{open + "client read 1 = EOF <- FIN,AKC", `line 3: "FIN,AKC" are no flags`},
		{open + "client read 1 = EOF ! maybe", "line 3: ! takes unexplained or inconclusive, not maybe"},
		{open + "server > client", "line 3: a segment is ROLE > ROLE FLAGS"},
		{open + "server > client RTS", `line 3: "RTS" are no flags: `},
		{open + "server > client.2 RST", "line 3: server sends no segment to client.2"},
		{open + "server > client RST seq", "line 3: seq needs a value"},
		{open + "server > client RST win 70000", "line 3: win takes a number from 0 to 65535, not 70000"},
		{open + "server > client RST colour 3", `line 3: "colour" is none of !, seq, ack, win, `},
		{open + "net > client ICMP 3/1", "line 3: a story sends no ICMP error"},
		{open + "\nmodel darwin", "line 4: a story says nothing of models"},
		{open + "client is CLOSED, shut rw", "line 3: a story says nothing of models"},
		{"socket 1 client - > -\n0.1 client dial", "line 1: it declares sockets, as a recording does"},
	} {
		s, err := New("x", test.text)
		var line *trace.LineError
		if s != nil || !errors.As(err, &line) || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q: %v, want %s", test.text, err, test.want)
		}
	}
}

// TestOpening: what a text begins with is what it is about.
func TestOpening(t *testing.T) {
	s, err := New("x.txt", "\n# one\n#two\n\n# three\nclient dial\n")
	if err != nil {
		t.Fatal(err)
	}
	if sc := s.Scenario; sc.Name != "x.txt" || sc.Summary != "one" || sc.Story != "one\ntwo" || sc.Expect != nil {
		t.Errorf("%+v", sc)
	}
}

// TestLessons: each classic is there as a text, and nothing else is.
func TestLessons(t *testing.T) {
	files, err := fs.Glob(catalog.Lessons(), "*.txt")
	if err != nil || len(files) != len(catalog.Classics()) {
		t.Fatal(files, err)
	}
	for _, sc := range catalog.Classics() {
		text, err := fs.ReadFile(catalog.Lessons(), sc.Name+".txt")
		if err != nil {
			t.Fatal(err)
		}
		if s, err := New(sc.Name, string(text)); err != nil || s.Scenario.Summary == "" {
			t.Error(sc.Name, err)
		}
	}
}
