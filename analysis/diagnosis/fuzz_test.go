package diagnosis

import (
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// FuzzOf diagnoses whatever segments: each has four octets of the input.
func FuzzOf(f *testing.F) {
	f.Add([]byte{0, 2, 0, 0, 1, 0x12, 0, 0, 0, 0x10, 1, 0, 0, 0x18, 1, 5, 1, 4, 1, 0}, true)
	f.Add([]byte{0, 0x10, 9, 3, 1, 0x14, 9, 0, 1, 0x10, 12, 9, 0, 0x11, 12, 0}, false)
	f.Fuzz(func(t *testing.T, in []byte, linux bool) {
		m := analysis.Darwin()
		if linux {
			m = analysis.Linux()
		}
		tracker := survey.New(0, nil)
		var k Keeper
		for i := 0; i+4 <= len(in) && i < 4*300; i += 4 {
			fr := frameOf(int(in[i+2]) * 7)
			b := fr.Data
			if in[i]&1 != 0 {
				b[15], b[19], b[20], b[21], b[22], b[23] = 2, 1, 0, 80, 0x9c, 0x40
			}
			b[8] = 64 - in[i]>>6
			b[31], b[33] = in[i+3]>>4, in[i+1]&0x1f
			size := int(in[i+3] & 0x0f)
			fr.Data = append(b, in[i:min(len(in), i+size)]...)
			fr.Wire = 40 + size
			fr.Data[2], fr.Data[3] = 0, byte(40+size)
			nanos := int64(i) * int64(in[i]&0x3e) * 1e7
			var brief capture.Brief
			if capture.Look(&brief, fr.Link, fr.Data, fr.Wire) == nil && tracker.Add(nanos, uint32(i/4+1), &brief) == 0 {
				k.Add(nanos, uint32(i/4+1), fr)
			}
		}
		for c := range tracker.Connections() {
			if c.Stream != 0 {
				continue
			}
			d := Of(k.Evidence(c, m))
			if d.Situation.Name == "" || d.Retry.Safety == "" {
				t.Errorf("nothing is said: %+v", d.Situation)
			}
		}
	})
}
