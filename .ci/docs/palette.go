package main

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"slices"
)

// paletted makes a PNG file smaller: of a page's colours, most of which are the
// edges of letters, 256 stay, and the others become the nearest of these.
func paletted(file []byte) ([]byte, error) {
	in, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	bounds := in.Bounds()
	count := make(map[color.Color]int)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[in.At(x, y)]++
		}
	}
	var colors color.Palette
	for c := range count {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.Color) int { return cmp.Or(count[b]-count[a], compare(a, b)) })
	colors = spread(colors)
	place := make(map[color.Color]uint8)
	for c := range count {
		place[c] = uint8(colors.Index(c))
	}
	out := image.NewPaletted(bounds, colors)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			out.SetColorIndex(x, y, place[in.At(x, y)])
		}
	}
	var b bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out)
	return b.Bytes(), err
}

// spread chooses the first colours, at most 256, that are not close to one chosen
// before: the edges of rare colours must not go to those of frequent ones.
func spread(colors color.Palette) (chosen color.Palette) {
	for _, c := range colors {
		if len(chosen) == 256 {
			break
		}
		if !slices.ContainsFunc(chosen, func(o color.Color) bool { return alike(c, o) }) {
			chosen = append(chosen, c)
		}
	}
	return chosen
}

// alike reports whether nobody would tell two colours apart.
func alike(a, b color.Color) bool {
	const most = 10 << 8
	near := func(x, y uint32) bool { return x < y+most && y < x+most }
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	return near(r1, r2) && near(g1, g2) && near(b1, b2)
}

// compare puts colours into an order, so that the same picture makes the same
// file.
func compare(a, b color.Color) int {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	return cmp.Or(cmp.Compare(r1, r2), cmp.Compare(g1, g2), cmp.Compare(b1, b2))
}
