package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/scenario"
)

// tagsOf returns all tags that the stories have, sorted.
func tagsOf(stories []*scenario.Scenario) []string {
	var tags []string
	for _, sc := range stories {
		tags = append(tags, sc.Tags...)
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// checkTags refuses a tag that no story has; help is where to look.
func checkTags(stories []*scenario.Scenario, tags []string, help string) error {
	known := tagsOf(stories)
	for _, tag := range tags {
		if !slices.Contains(known, tag) {
			return &failure{code: exitUsage, err: fmt.Errorf("unknown tag %q: there are %s", tag, strings.Join(known, ", ")), hint: help}
		}
	}
	return nil
}

// hasTags reports whether the story is about all of the tags.
func hasTags(sc *scenario.Scenario, tags []string) bool {
	return !slices.ContainsFunc(tags, func(t string) bool { return !slices.Contains(sc.Tags, t) })
}
