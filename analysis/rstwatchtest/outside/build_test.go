package outside

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// module is the one outside.
const module = "testdata/upload"

// build makes the test binary of the module outside, as its author would, but
// offline: with the requirements of the repository, whose modules are there if this
// test was built. Any user may run what it returns.
func build(t *testing.T) (binary string) {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command: ", err)
	}
	repository, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := public(t)
	own := read(t, filepath.Join(repository, "go.mod"))
	name, rest, _ := strings.Cut(own, "\n")
	name = strings.TrimPrefix(name, "module ")
	text := "module example.org/upload\n" + rest + "\nrequire " + name + " v0.0.0\nreplace " + name + " => \"" + repository + "\"\n"
	write(t, filepath.Join(dir, "go.mod"), text)
	write(t, filepath.Join(dir, "go.sum"), read(t, filepath.Join(repository, "go.sum")))
	binary = filepath.Join(dir, "upload.test")
	cmd := exec.Command("go", "test", "-mod=mod", "-modfile="+filepath.Join(dir, "go.mod"), "-cover", "-c", "-o", binary)
	cmd.Dir = module
	cmd.Env = append(cmd.Environ(), "GOPROXY=off", "GOFLAGS="+os.Getenv("GOFLAGS"), "GOWORK=off", "GOTOOLCHAIN=local")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return binary
}

// public is a folder that every user may look into; that of [testing.T.TempDir] is
// its owner's alone.
func public(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rstwatch-outside-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	return dir
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
