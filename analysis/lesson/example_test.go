package lesson_test

import (
	"fmt"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/lesson"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/scenario"
)

// A recorded run is played: each call waits until a key lets it go.
func ExamplePlay() {
	text, err := trace.Parse("client dial = ECONNREFUSED")
	if err != nil {
		fmt.Println(err)
		return
	}
	run := &analysis.Run{Scenario: "refused", Evidence: text.Evidence, Explanation: analysis.Explain(text.Evidence)}
	l, play := lesson.Play(&scenario.Scenario{Name: "refused"}, run, lesson.Options{})
	for {
		lines := strings.Split(l.View(), "\n")
		fmt.Println(strings.TrimRight(lines[len(lines)-3], " "))
		if l.Over() {
			break
		}
		do := l.Key("space")
		play.LetGo(do.LetGo)
	}
	// Output:
	// ▶ client dial 192.0.2.2:80
	// the lesson is over: explained
}
