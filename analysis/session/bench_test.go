package session

import (
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// tutorials is how long the three classic programs that reproduce these errors
// sleep: 3 s for the server to start and 1 s for its close to arrive, in two of
// them; 3 s, 1 s and 1 s in the third. They show three of the six stories.
const tutorials = (3 + 1 + 3 + 1 + 3 + 1 + 1) * time.Second

// BenchmarkSix performs the catalogue once per iteration, from the first call
// to the explanation.
func BenchmarkSix(b *testing.B) {
	s := open(b, Options{Families: both()[:1]})
	for b.Loop() {
		for _, sc := range catalog.Classics() {
			run, err := s.Perform(b.Context(), sc, Stage{Family: scenario.IPv4})
			if err != nil || run.Result() != analysis.Explained.String() {
				b.Fatalf("%s: %s, %v", sc.Name, run.Result(), err)
			}
		}
	}
	each := float64(b.Elapsed()) / float64(b.N)
	b.ReportMetric(float64(tutorials)/each, "x-faster-than-tutorials")
}

// BenchmarkOpen opens a session, which proves that it captures, and closes it.
func BenchmarkOpen(b *testing.B) {
	needSandbox(b)
	for b.Loop() {
		s, err := Open(b.Context(), Options{Families: both()[:1]})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
