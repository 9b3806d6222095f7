package webtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// write puts a page into a file of its own.
func write(t *testing.T, html string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(html), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// around is a page without fault, but for what is in its body.
func around(body string) string {
	return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
		`<title>A page</title><style>body{margin:8px;font:16px/1.3 sans-serif}</style><main><h1>A page</h1>` + body + `</main></html>`
}

// testWatch: what the other tests rely on being noticed is noticed.
func (s *suite) testWatch(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"nothing", `<p>All is well.</p>`, ""},
		{"error", `<script>console.error("this is wrong")</script>`, "console.error"},
		{"exception", `<script>throw new Error("thrown")</script>`, "exception"},
		{"rejection", `<script>Promise.reject(new Error("refused"))</script>`, "exception"},
		{"image", `<img alt="" src="https://example.com/x.png">`, "request: https://example.com/x.png"},
		{"beacon", `<script>navigator.sendBeacon("http://127.0.0.1:9/x")</script>`, "request: http://127.0.0.1:9/x"},
		{"file", `<script src="other.js"></script>`, "other.js"},
		{"policy", `<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><script>1</script>`, "Content Security Policy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			heard := strings.Join(s.browser.openAny(t, write(t, around(c.body))).complaints(), "\n")
			if c.want == "" && heard != "" || !strings.Contains(heard, c.want) {
				t.Errorf("noticed %q, want %q", heard, c.want)
			}
		})
	}
}

// testWatchPlaces: texts that can not be read are found, and only those.
func (s *suite) testWatchPlaces(t *testing.T) {
	const drawing = `<svg width="300" height="60" viewBox="0 0 300 60" role="img" aria-label="A drawing" font-size="14">`
	for _, c := range []struct{ name, body, want string }{
		{"lines", `<p style="line-height:1.05">One<br>two<br>three</p>`, ""},
		{"inline", `<p>One <b>two</b> three, <code>four</code></p>`, ""},
		{"reader's", `<p>Seen<span style="position:absolute;width:1px;height:1px;overflow:hidden">not seen</span></p>`, ""},
		{"hidden", `<p>Seen</p><p style="margin-top:-34px;visibility:hidden">Behind</p>`, ""},
		{"pulled", `<p>Above</p><p style="margin-top:-34px">Below</p>`, "lie on each other"},
		{"svg", drawing + `<text x="10" y="20">SYN</text><text x="10" y="40">RST</text></svg>`, ""},
		{"svg words", drawing + `<text x="10" y="20">write <tspan>ECONNRESET</tspan></text></svg>`, ""},
		{"svg turned over", drawing + `<text transform="rotate(10 10 20)" x="10" y="20">PSH,ACK 1:3</text><text x="60" y="29">read</text></svg>`, "lie on each other"},
		{"svg over", drawing + `<text x="10" y="20">SYN</text><text x="20" y="24">RST</text></svg>`, "lie on each other"},
		{"svg slant", drawing + `<text transform="rotate(10 10 20)" x="10" y="20">PSH,ACK <tspan>1:3</tspan></text><text x="110" y="18">read</text></svg>`, ""},
		{"svg out", drawing + `<text x="280" y="20">ECONNRESET</text></svg>`, "leaves its drawing"},
		{"wide", `<div style="width:500px">A wide one</div>`, "wider than its window"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := strings.Join(s.browser.open(t, write(t, around(c.body))).misplaced(375), "\n")
			if c.want == "" && found != "" || !strings.Contains(found, c.want) {
				t.Errorf("found %q, want %q", found, c.want)
			}
		})
	}
}

// testWatchBarriers: axe-core is at work.
func (s *suite) testWatchBarriers(t *testing.T) {
	for _, c := range []struct {
		name, body, want string
		rules            []any
	}{
		{"none", `<p>All is well.</p><button>Play</button>`, "", nil},
		{"contrast", `<p style="color:#aaa;background:#fff">Too pale</p>`, "color-contrast", nil},
		{"name", `<button></button>`, "button-name", nil},
		{"contrast alone", `<p style="color:#aaa;background:#fff">Too pale</p><button></button>`, "color-contrast", mode{name: "run dark", width: 1024, dark: true}.rules()},
		{"no name alone", `<button></button>`, "", mode{name: "run dark", width: 1024, dark: true}.rules()},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := strings.Join(s.browser.open(t, write(t, around(c.body))).barriers(c.rules...), "\n")
			if c.want == "" && found != "" || !strings.Contains(found, c.want) {
				t.Errorf("found %q, want %q", found, c.want)
			}
		})
	}
}
