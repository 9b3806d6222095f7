package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScriptsByPtrace runs the scripts of exec once more where the kernel would have told
// of the calls: they hold for both witnesses.
func TestScriptsByPtrace(t *testing.T) {
	if !conditionsFor(findProgram(t))["ebpf"]() {
		t.Skip("needs root and eBPF: elsewhere ptrace is the only witness of calls")
	}
	var files []string
	for _, name := range []string{"exec.txt", "exec_ways.txt"} {
		files = append(files, filepath.Join("testdata", "script", name))
	}
	runScripts(t, testscript.Params{Files: files}, witnessVar+"="+byPtrace)
}
