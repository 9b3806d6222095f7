package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

func TestPaletted(t *testing.T) {
	in := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 { // a ground, and more colours than a palette has
		in.SetRGBA(i%64, i/64, color.RGBA{250, 250, 250, 255})
		if i%8 == 0 {
			in.SetRGBA(i%64, i/64, color.RGBA{uint8(i / 16), uint8(i / 32), 0, 255})
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, in); err != nil {
		t.Fatal(err)
	}
	small, err := paletted(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	out, err := png.Decode(bytes.NewReader(small))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 64 * 64 {
		r, g, b, a := in.At(i%64, i/64).RGBA()
		r2, g2, b2, a2 := out.At(i%64, i/64).RGBA()
		for _, d := range []int{int(r) - int(r2), int(g) - int(g2), int(b) - int(b2), int(a) - int(a2)} {
			if d > 0x800 || d < -0x800 {
				t.Fatalf("at %d,%d %v became %v", i%64, i/64, in.At(i%64, i/64), out.At(i%64, i/64))
			}
		}
	}
	if again, err := paletted(file.Bytes()); err != nil || !bytes.Equal(again, small) {
		t.Errorf("made again it is another file: %v", err)
	}
	if _, err := paletted([]byte("no picture")); err == nil {
		t.Error("what is no picture is no error")
	}
}
