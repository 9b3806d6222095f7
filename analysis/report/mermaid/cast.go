package mermaid

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// cast names the participants: an application each, and a kernel for each
// connection's end.
type cast struct {
	roles    []scenario.Role // the applications, each once
	networks map[int]bool    // the ladders in which an ICMP error came
}

func castOf(s *scene.Scene) *cast {
	c := &cast{networks: make(map[int]bool)}
	for n := range s.Ladders {
		for _, role := range s.Ladders[n].Names {
			if !slices.Contains(c.roles, role) {
				c.roles = append(c.roles, role)
			}
		}
		c.networks[n] = slices.ContainsFunc(s.Ladders[n].Steps, func(st scene.Step) bool { return st.Segment != nil && st.Segment.ICMP.Is() })
	}
	return c
}

// app is the participant of an application.
func (c *cast) app(role scenario.Role) string { return fmt.Sprintf("a%d", slices.Index(c.roles, role)) }

// kernel is the participant of a kernel, at an edge of a ladder.
func kernel(ladder, edge int) string { return fmt.Sprintf("k%d%c", ladder, 'l'+rune(edge)*('r'-'l')) }

// network is the participant from which a ladder's ICMP errors come.
func network(ladder int) string { return fmt.Sprintf("n%d", ladder) }

// write declares the participants, from left to right.
func (c *cast) write(b *strings.Builder, s *scene.Scene) {
	seen := make(map[scenario.Role]bool)
	declare := func(id, name string) { fmt.Fprintf(b, "    participant %s as %s\n", id, text(name)) }
	app := func(role scenario.Role) {
		if !seen[role] {
			seen[role] = true
			declare(c.app(role), string(role))
		}
	}
	for n := range s.Ladders {
		names := s.Ladders[n].Names
		app(names[0])
		declare(kernel(n, 0), string(names[0])+" kernel")
		if c.networks[n] {
			declare(network(n), "network")
		}
		declare(kernel(n, 1), string(names[1])+" kernel")
		app(names[1])
	}
}
