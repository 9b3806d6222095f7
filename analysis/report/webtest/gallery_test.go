package webtest

import (
	"path/filepath"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
)

// gallery is the whole catalogue, performed once.
type gallery struct {
	recording string
	runs      []*analysis.Run
}

func newGallery(t *testing.T, p *program) *gallery {
	t.Helper()
	g := &gallery{recording: filepath.Join(t.TempDir(), "gallery.pcapng")}
	p.run(t, "run", "--all", "--sandbox", "always", "-q", "-w", g.recording)
	g.runs = runs(t, g.recording)
	return g
}
