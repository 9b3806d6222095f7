package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/rstwatch/rstwatch/"

// mayImport says, of each package, which others of this module it may import:
// data flows one way, from what the applications and the wire said, through
// the explanation, to what is printed and written.
var mayImport = map[string][]string{
	"capture":                      {},
	"capture/live":                 {"capture"},
	"capture/file":                 {"capture"},
	"capture/redact":               {"capture"},
	"capture/kernel":               {},
	"capture/kernel/probe":         {"capture/kernel"},
	"scenario":                     {},
	"scenario/catalog":             {"scenario", "scenario/lab"},
	"scenario/lab":                 {"scenario/sandbox"},
	"scenario/sandbox":             {},
	"scenario/journal":             {"scenario"},
	"scenario/traced":              {"scenario", "scenario/journal"},
	"scenario/sandbox/sandboxtest": {"scenario/sandbox"},
	"analysis":                     {"capture", "capture/kernel", "scenario"},
	"analysis/trace":               {"analysis", "capture", "capture/kernel", "scenario"},
	"analysis/trace/tracetest":     {"analysis", "analysis/trace"},
	"analysis/internal/golden":     {},
	"analysis/story":               {"analysis", "analysis/trace", "capture", "scenario"},
	"analysis/calls":               {"capture/kernel", "scenario", "scenario/journal"},
	"analysis/session": {"analysis", "analysis/calls", "capture", "capture/kernel", "capture/kernel/probe", "capture/live",
		"scenario", "scenario/journal", "scenario/sandbox"},
	"analysis/recording":       {"analysis", "capture", "capture/file", "capture/kernel", "capture/redact", "scenario"},
	"analysis/proof":           {"analysis", "capture", "scenario"},
	"analysis/experiment":      {"analysis", "analysis/proof", "analysis/session", "capture", "scenario", "scenario/lab", "scenario/sandbox"},
	"analysis/recorded":        {"analysis", "analysis/recording"},
	"analysis/worksheet":       {"analysis", "analysis/recording", "analysis/report/mermaid", "analysis/scene", "capture", "capture/redact", "scenario"},
	"analysis/faults":          {"scenario"},
	"analysis/survey":          {"analysis", "capture", "scenario"},
	"analysis/postmortem":      {"analysis", "analysis/survey", "capture", "capture/file"},
	"analysis/excerpt":         {"analysis/report", "analysis/survey", "capture", "capture/file", "capture/redact"},
	"analysis/logline":         {"analysis/faults", "scenario"},
	"analysis/match":           {"analysis/logline", "analysis/survey", "scenario"},
	"analysis/diagnosis":       {"analysis", "analysis/survey", "capture", "scenario"},
	"analysis/lesson":          {"analysis", "analysis/report", "analysis/scene", "capture", "scenario"},
	"analysis/report/page":     {"analysis", "analysis/diagnosis", "analysis/report", "analysis/report/svg", "analysis/scene", "capture", "scenario"},
	"analysis/report":          {"analysis", "analysis/diagnosis", "analysis/faults", "analysis/logline", "analysis/match", "analysis/scene", "analysis/survey", "capture", "capture/kernel", "scenario"},
	"analysis/scene":           {"analysis", "capture", "scenario"},
	"analysis/report/webtest":  {},
	"analysis/report/svg":      {"analysis", "analysis/report", "analysis/scene", "capture", "scenario"},
	"analysis/report/mermaid":  {"analysis", "analysis/report", "analysis/scene", "capture", "scenario"},
	"analysis/report/markdown": {"analysis", "analysis/diagnosis", "analysis/report", "analysis/report/mermaid", "analysis/scene"},

	"analysis/rstwatchtest": {"analysis", "analysis/recording", "analysis/report", "analysis/scene", "analysis/session",
		"capture", "capture/file", "capture/live", "scenario", "scenario/sandbox"},
	"analysis/rstwatchtest/outside": {},

	"cmd/rstwatch": {"analysis", "analysis/experiment", "analysis/diagnosis", "analysis/excerpt", "analysis/faults", "analysis/logline", "analysis/match", "analysis/postmortem", "analysis/recording", "analysis/report", "analysis/report/markdown", "analysis/report/mermaid", "analysis/report/svg", "analysis/scene", "analysis/session", "analysis/story", "analysis/survey",
		"analysis/lesson",
		"analysis/report/page",
		"analysis/recorded", "analysis/worksheet",
		"analysis/trace", "capture", "capture/file", "capture/redact",
		"capture/kernel", "capture/kernel/probe",
		"capture/live", "scenario", "scenario/catalog", "scenario/journal", "scenario/lab", "scenario/sandbox", "scenario/traced"},
}

// mayOpen are the packages that may use gopacket: its successor could be
// swapped in there.
var mayOpen = []string{"capture/live", "capture/file"}

func TestImports(t *testing.T) {
	for pkg, imports := range list(t, "{{.ImportPath}} {{join .Imports \" \"}} {{join .TestImports \" \"}}") {
		for _, path := range imports {
			if strings.HasPrefix(path, "github.com/google/gopacket") && !slices.Contains(mayOpen, pkg) {
				t.Errorf("%s imports %s", pkg, path)
			}
		}
	}
	for pkg, imports := range list(t, "{{.ImportPath}} {{join .Imports \" \"}}") {
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("%s is a package that no rule knows", pkg)
		}
		for _, path := range imports {
			if own, ok := strings.CutPrefix(path, module); ok && !slices.Contains(allowed, own) {
				t.Errorf("%s imports %s", pkg, own)
			}
		}
	}
}

// TestAnalysisIsPure: the model does not reach a handle, a file, a process or a
// clock of its own, through whatever it imports from this module.
func TestAnalysisIsPure(t *testing.T) {
	for _, path := range list(t, "{{.ImportPath}} {{join .Imports \" \"}}")["analysis"] {
		if slices.Contains([]string{"os", "io", "net", "context", "sync", "os/exec", "syscall"}, path) {
			t.Errorf("analysis imports %s", path)
		}
	}
}

// TestFolders: Go code lives in four top-level folders.
func TestFolders(t *testing.T) {
	for pkg := range list(t, "{{.ImportPath}}") {
		top, _, _ := strings.Cut(pkg, "/")
		if !slices.Contains([]string{"cmd", "capture", "scenario", "analysis"}, top) {
			t.Errorf("%s is in none of the four folders", pkg)
		}
	}
}

// list runs go list and returns, by package, the words after the import path.
func list(t *testing.T, format string) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", format, module+"...").Output()
	if err != nil {
		t.Skipf("needs the go command: %v", err)
	}
	packages := make(map[string][]string)
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		packages[strings.TrimPrefix(words[0], module)] = words[1:]
	}
	return packages
}
