package main

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestNotRecorded: a story that is newer than the recordings, or can not be
// performed where they were made, is missed if it was named, and skipped with a
// reason if it was found.
func TestNotRecorded(t *testing.T) {
	known := catalog.Classics()[0]
	fresh := &scenario.Scenario{Name: "reset-fresh", Tags: known.Tags, Expect: known.Expect}
	foreign := &scenario.Scenario{Name: "reset-foreign", Tags: known.Tags, Expect: map[string][]scenario.Result{"darwin": nil}}
	stories := []*scenario.Scenario{known, fresh, foreign}
	for _, c := range []struct {
		args []string
		want string // the end of the error, "" if there is none
	}{
		{[]string{"reset-fresh"}, "reset-fresh: it has no recording yet"},
		{[]string{"reset-on-read", "reset-foreign"}, "reset-foreign: it has no recording: not known what it does on Linux"},
		{[]string{"reset-*"}, ""},
		{[]string{"--all"}, ""},
	} {
		var out bytes.Buffer
		cmd := newReplay(stories, &out)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(c.args)
		err := cmd.Execute()
		var f *failure
		if !errors.As(err, &f) {
			t.Errorf("%q: %v", c.args, err)
			continue
		}
		if c.want != "" {
			if f.code != exitUsage || f.err == nil || !strings.HasPrefix(f.err.Error(), c.want) || out.Len() > 0 {
				t.Errorf("%q: %d, %v: want %q", c.args, f.code, f.err, c.want)
			}
			continue
		}
		text := strings.Join(strings.Fields(out.String()), " ")
		if f.code != exitInconclusive || f.err != nil || !strings.Contains(text, "it has no recording yet") || !strings.Contains(text, "reset-on-read") ||
			!strings.Contains(text, "reset-foreign") {
			t.Errorf("%q: %d, %v:\n%s", c.args, f.code, f.err, out.String())
		}
	}
}
