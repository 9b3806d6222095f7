package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// shown is the scenario of the pictures: its result is the one that the usual
// tutorials have wrong.
const shown = "reset-on-write"

// docs performs the scenario once, and makes all pictures of that run.
func docs(ctx context.Context, o options) error {
	tmp, err := os.MkdirTemp("", "rstwatch-docs-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	recording, report := filepath.Join(tmp, "x.pcapng"), filepath.Join(tmp, "report.html")
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"run", shown, "--sandbox", "always", "-w", recording, "--format", "html", "-o", report},
		{"analyze", recording, "--format", "svg", "-o", filepath.Join(o.dir, "ladder.svg")},
	} {
		if _, err := output(ctx, o.rstwatch, args...); err != nil {
			return err
		}
	}
	if err := shoot(ctx, report, filepath.Join(o.dir, "report.png")); err != nil {
		return err
	}
	list, err := output(ctx, "tshark", "-r", recording)
	if err != nil || o.readme == "" {
		return err
	}
	return fill(o.readme, "recording", listing(list))
}

// output runs a program and returns what it prints; what it complains about is
// in the error.
func output(ctx context.Context, name string, args ...string) ([]byte, error) {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", cmd, err, stderr.Bytes())
	}
	return out, nil
}
