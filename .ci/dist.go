//go:build ignore

// Dist makes the archives that are given away: one for each platform, built
// without cgo, and SHA256SUMS. The same source, version, time and Go release
// give the same bytes on any machine:
//
//	SOURCE_DATE_EPOCH=1700000000 go run .ci/dist.go -version v1.0.0 -o dist
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

var platforms = []string{"darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm64"}

func main() {
	version := flag.String("version", "devel", "the `version` to stamp")
	dir := flag.String("o", "dist", "the `folder` for the archives")
	flag.Parse()
	if err := dist(*version, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func dist(version, dir string) error {
	when, err := stamp()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, platform := range platforms {
		goos, goarch, _ := strings.Cut(platform, "/")
		// A tag may have slashes.
		name := fmt.Sprintf("rstwatch_%s_%s_%s", strings.ReplaceAll(version, "/", "-"), goos, goarch)
		program, err := build(version, goos, goarch)
		if err != nil {
			return fmt.Errorf("build for %s: %w", platform, err)
		}
		archive, err := pack(name, program, when)
		if err != nil {
			return err
		}
		file := name + ".tar.gz"
		if err := os.WriteFile(filepath.Join(dir, file), archive, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(archive), file)
		fmt.Printf("%8d  %s\n", len(archive), filepath.Join(dir, file))
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

// stamp returns the one time that everything in the archives has: that of
// SOURCE_DATE_EPOCH, else the commit's.
func stamp() (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		out, err := exec.Command("git", "log", "-1", "--format=%ct").Output()
		if err != nil {
			return time.Time{}, fmt.Errorf("no SOURCE_DATE_EPOCH, and git knows no commit: %w", err)
		}
		text = strings.TrimSpace(string(out))
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// build returns the program for a platform.
func build(version, goos, goarch string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "rstwatch-dist-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "rstwatch")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags=purego",
		"-ldflags=-s -w -buildid= -X main.version="+version, "-o", file, "./cmd/rstwatch")
	// What the builder's environment prefers must not show in the result.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch,
		"GOFLAGS=", "GOEXPERIMENT=", "GOAMD64=v1", "GOARM64=v8.0")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

// pack makes the archive: one folder of the given name, its files in order.
func pack(name string, program []byte, when time.Time) ([]byte, error) {
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression) // writes no time, no name
	if err != nil {
		return nil, err
	}
	archive := tar.NewWriter(zip)
	add := func(file string, mode int64, data []byte) error {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: name + "/" + file, Mode: mode,
			Size: int64(len(data)), ModTime: when, Format: tar.FormatUSTAR}
		if err := archive.WriteHeader(h); err != nil {
			return err
		}
		_, err := archive.Write(data)
		return err
	}
	for _, file := range []string{"LICENSE", "README.md"} {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if err := add(file, 0o644, data); err != nil {
			return nil, err
		}
	}
	if err := add("rstwatch", 0o755, program); err != nil {
		return nil, err
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
