package main

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// slowStories are the classics, stories that take as long as $NAP says, 300 ms
// by default, and some that go wrong.
func slowStories() []*scenario.Scenario {
	nap, err := time.ParseDuration(os.Getenv("NAP"))
	if err != nil {
		nap = 300 * time.Millisecond
	}
	stories := catalog.Classics()
	for i := range 15 {
		stories = append(stories, slowStory(fmt.Sprintf("nap-%02d", i+1), func(s *scenario.Stage) {
			client, _ := s.Connect()
			client.ReadWithin(16, nap)
		}))
	}
	otherwise := slowStory("comes-out-otherwise", func(s *scenario.Stage) { s.Connect() })
	otherwise.Tags = []string{"judged"}
	elsewhere := slowStory("elsewhere", func(s *scenario.Stage) { s.Connect() })
	elsewhere.Tags, elsewhere.Expect = []string{"judged"}, map[string][]scenario.Result{"darwin": elsewhere.Expect["linux"]}
	return append(stories, otherwise, elsewhere,
		slowStory("dies", func(s *scenario.Stage) {
			s.Connect()
			syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}))
}

// slowStory expects that the client's read runs out of time.
func slowStory(name string, play func(*scenario.Stage)) *scenario.Scenario {
	return &scenario.Scenario{Name: name, Summary: "a story of the tests", Tags: []string{"nap"}, Slow: true, Play: play,
		Expect: map[string][]scenario.Result{"linux": {{Role: scenario.Client, Op: scenario.OpRead, Fault: scenario.Deadline}}}}
}
