package report

import "github.com/rstwatch/rstwatch/analysis/survey"

// SurveyEnding says in a few words how a connection ended, who did it, and when.
func SurveyEnding(c *survey.Connection) string { return endedHow(c) }

// SurveyReset says which RST it was that ended a connection, what it answers, and
// why it may have been sent.
func SurveyReset(r *survey.Reset) string { return resetHow(r) }
