package webtest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
)

// gallery is the whole catalogue, performed once: as a page, and as the
// recording that the page is held against.
type gallery struct {
	page, recording string
	runs            []*analysis.Run // in the order of the page
}

// mostOctets is how large the page of the whole catalogue may be.
const mostOctets = 3 << 20

func newGallery(t *testing.T, p *program, dir string) *gallery {
	t.Helper()
	g := &gallery{page: filepath.Join(dir, "gallery.html"), recording: filepath.Join(dir, "gallery.pcapng")}
	p.run(t, "run", "--all", "--sandbox", "always", "--format", "html", "-o", g.page, "-w", g.recording)
	g.runs = runs(t, g.recording)
	info, err := os.Stat(g.page)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() >= mostOctets {
		t.Errorf("the page of %d runs has %d octets, not less than %d", len(g.runs), info.Size(), mostOctets)
	}
	t.Logf("%d runs in %d octets", len(g.runs), info.Size())
	return g
}
