package recording

import (
	"fmt"
	"strconv"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture/file"
)

// hearingFields say how far the kernel was heard in a run; there are none if
// nothing is known of that.
func hearingFields(h *analysis.Hearing) (fields []file.Field) {
	if *h == (analysis.Hearing{}) {
		return nil
	}
	fields = append(fields, word("RSTWATCH_HEARD", h.Backend), file.Field{Name: "RSTWATCH_HEARD_WHOLE", Value: strconv.FormatBool(h.Whole)},
		file.Field{Name: "RSTWATCH_HEARD_LOST", Value: strconv.FormatUint(h.Lost, 10)})
	fields = appendTime(fields, "RSTWATCH_HEARD_FROM", h.From)
	fields = appendTime(fields, "RSTWATCH_HEARD_TO", h.To)
	if h.Without != "" {
		fields = append(fields, word("RSTWATCH_HEARD_WITHOUT", h.Without))
	}
	return fields
}

// hearing reads what hearingFields has written.
func hearing(f map[string]string) (h analysis.Hearing, err error) {
	h.Backend, h.Without, h.Whole = f["RSTWATCH_HEARD"], f["RSTWATCH_HEARD_WITHOUT"], f["RSTWATCH_HEARD_WHOLE"] == "true"
	err = parse(f, "RSTWATCH_HEARD_LOST", func(text string) (err error) {
		h.Lost, err = strconv.ParseUint(text, 10, 64)
		return err
	})
	for _, t := range []struct {
		name string
		to   *time.Time
	}{{"RSTWATCH_HEARD_FROM", &h.From}, {"RSTWATCH_HEARD_TO", &h.To}} {
		if err == nil {
			err = parse(f, t.name, func(text string) error {
				ns, err := strconv.ParseInt(text, 10, 64)
				*t.to = time.Unix(0, ns)
				return err
			})
		}
	}
	if err != nil {
		return h, fmt.Errorf("how the kernel was heard: %w", err)
	}
	return h, nil
}
