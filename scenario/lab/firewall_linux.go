package lab

import (
	"crypto/rand"
	"fmt"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// installed is a rule in the kernel. Each has a table of its own, so that it
// comes and goes whole and no rule's verdict depends on another's place.
type installed struct {
	table *nftables.Table
	chain *nftables.Chain
}

func install(m Match, version int, v verdict) (installed, error) {
	hook := nftables.ChainHookOutput
	if m.Inbound {
		hook = nftables.ChainHookInput
	}
	priority := nftables.ChainPriorityFilter
	if m.own != nil {
		priority = nftables.ChainPriorityMangle // before those of the story
	}
	table := &nftables.Table{Family: nftables.TableFamilyINet, Name: "rstwatch-" + rand.Text()}
	in := installed{table: table, chain: &nftables.Chain{
		Name: "rule", Table: table, Type: nftables.ChainTypeFilter,
		Hooknum: hook, Priority: priority,
	}}
	c, err := nftables.New()
	if err != nil {
		return installed{}, fmt.Errorf("open nftables: %w", err)
	}
	c.AddTable(in.table)
	c.AddChain(in.chain)
	for _, exprs := range m.own.passing(m, version) {
		c.AddRule(&nftables.Rule{Table: in.table, Chain: in.chain, Exprs: exprs})
	}
	c.AddRule(&nftables.Rule{Table: in.table, Chain: in.chain, Exprs: program(m, version, v)})
	if err := c.Flush(); err != nil { // one transaction: all of it, or nothing
		return installed{}, fmt.Errorf("add a table to nftables: %w", err)
	}
	return in, nil
}

func (in installed) remove() error {
	c, err := nftables.New()
	if err != nil {
		return fmt.Errorf("open nftables: %w", err)
	}
	c.DelTable(in.table)
	return c.Flush()
}

func (in installed) count() (uint64, error) {
	c, err := nftables.New()
	if err != nil {
		return 0, fmt.Errorf("open nftables: %w", err)
	}
	rules, err := c.GetRules(in.table, in.chain)
	if err != nil {
		return 0, err
	}
	for _, r := range rules {
		for _, e := range r.Exprs {
			if counter, ok := e.(*expr.Counter); ok {
				return counter.Packets, nil
			}
		}
	}
	return 0, fmt.Errorf("the rule is gone: %w", unix.ENOENT)
}
