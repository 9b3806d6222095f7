package main

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// goesAside reports whether what was picked is for processes in private
// namespaces: because it changes the network, or because it is quicker done side
// by side.
func (f *runFlags) goesAside(p *picked) bool {
	if f.sandbox.value == "never" || f.step || sandbox.Inside() {
		return false
	}
	if f.prove {
		return true
	}
	slow := func(sc *scenario.Scenario) bool { return sc.Slow }
	several := len(p.scenarios)*len(f.families())*f.repeat > 1
	return slices.ContainsFunc(p.scenarios, changesNetwork) || several && f.pace == 0 && slices.ContainsFunc(p.scenarios, slow)
}

func changesNetwork(sc *scenario.Scenario) bool { return sc.Lab }

// noNamespace is why what changes the network is skipped.
const noNamespace = "needs a private network namespace"

// runAside runs what was picked in private namespaces. Root, which makes them
// for who called sudo, is given up when the last one has been made, and before
// anything that came out of them is looked at.
func (f *runFlags) runAside(ctx context.Context, p *picked, stdout, stderr io.Writer) error {
	all := f.performances(p.scenarios)
	inner, cancel := context.WithCancel(ctx)
	line := f.startProgress(stderr, len(all))
	c := newCrew(inner, all, line)
	defer func() {
		cancel()
		c.wait()
		line.erase()
	}()
	if err := c.start(f.divide(all)); err != nil {
		return err
	}
	if err := giveUpRoot(stderr, true); err != nil {
		return err
	}
	out, err := f.outputsOf(p, stdout)
	if err != nil {
		return err
	}
	defer out.abort()
	c.wait()
	line.erase()
	runs, garbled := c.runs()
	if len(runs) == 0 && ctx.Err() != nil {
		return openFailure(ctx, ctx.Err())
	}
	for _, r := range runs {
		if err := out.add(r); err != nil {
			return err
		}
	}
	out.missing(all)
	if err := out.finish(); err != nil {
		return err
	}
	return verdict(ctx, out, errors.Join(c.trouble(), garbled))
}

// withoutNamespaces is what remains to be run here where private namespaces can
// not be had: what needs none. ok is false if that is not what was asked for.
func (f *runFlags) withoutNamespaces(p *picked, err error) (rest *picked, ok bool) {
	var no *failure
	if f.sandbox.value != "auto" || !errors.As(err, &no) || no.code != exitNoRight {
		return nil, false
	}
	rest, whole := p.skip(func(sc *scenario.Scenario) string {
		if sc.Lab {
			return noNamespace
		}
		return ""
	})
	return rest, whole && len(rest.scenarios) > 0
}
