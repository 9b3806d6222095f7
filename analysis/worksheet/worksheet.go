package worksheet

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/capture/redact"
)

// File is one file of a worksheet.
type File struct {
	Name string // relative, with slashes
	Data []byte
}

// exercise is one run and what students see of it.
type exercise struct {
	number int
	name   string        // of its files, without what tells their kind
	run    *analysis.Run // as it was
	blind  *analysis.Run // redacted: the same calls and segments under the same numbers
}

// Make returns the files of a worksheet about runs, in an order that is always the
// same; application is what the teacher's recordings say wrote them. Runs that
// were not explained as expected are no exercises: the key names them, and if
// none is left there are no files. The errors are those of redacting and of
// encoding, as of a frame that no file can hold.
func Make(runs []*analysis.Run, application string) ([]File, error) {
	var list []*exercise
	var left []*analysis.Run
	for _, r := range runs {
		if r.Result() != analysis.Explained.String() {
			left = append(left, r)
			continue
		}
		blind, err := recording.Redact(r, redact.New())
		if err != nil {
			return nil, fmt.Errorf("worksheet: %s: %w", r.Scenario, err)
		}
		list = append(list, &exercise{number: len(list) + 1, run: r, blind: blind})
	}
	if len(list) == 0 {
		return nil, nil
	}
	var sheet, key strings.Builder
	sheetHead(&sheet, list)
	keyHead(&key, left)
	var files []File
	digits := len(fmt.Sprint(len(list)))
	for _, x := range list {
		x.name = fmt.Sprintf("trace-%0*d", digits, x.number)
		x.sheet(&sheet)
		if err := x.key(&key); err != nil {
			return nil, err
		}
		blind, err := written(x.blind, recording.NewPlain)
		if err != nil {
			return nil, err
		}
		whole, err := written(x.run, func(b io.Writer) *recording.Writer { return recording.New(b, application) })
		if err != nil {
			return nil, err
		}
		files = append(files, File{"student/" + x.name + ".pcap", blind}, File{"teacher/" + x.name + ".pcapng", whole})
	}
	return append(files, File{"student/questions.md", []byte(sheet.String())}, File{"teacher/key.md", []byte(key.String())}), nil
}

// written is a run as a file.
func written(r *analysis.Run, open func(io.Writer) *recording.Writer) ([]byte, error) {
	var b bytes.Buffer
	w := open(&b)
	if err := w.Add(r); err != nil {
		return nil, fmt.Errorf("worksheet: %s: %w", r.Scenario, err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("worksheet: %s: %w", r.Scenario, err)
	}
	return b.Bytes(), nil
}
