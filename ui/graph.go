package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// A graph draws a speedLog: a bar for each stretch of time, the latest on the right. The highest is as high as the graph.
type graph struct {
	widget.BaseWidget
	back *surface
	bars []*canvas.Rectangle
	all  *fyne.Container
	log  *speedLog
}

const graphHeight = 64

func newGraph(log *speedLog) *graph {
	g := &graph{back: newSurface(colorCard, colorStroke, radius-3), all: &fyne.Container{}, log: log}
	g.ExtendBaseWidget(g)
	return g
}

// draw shows what the log has now.
func (g *graph) draw() { g.place(g.Size()) }

func (g *graph) place(s fyne.Size) {
	g.back.Resize(s)
	g.all.Resize(s)
	const edge, between = 5, 1
	for len(g.bars) < len(g.log.rates) {
		b := newBox(1)
		b.FillColor = tint(theme.ColorNamePrimary)
		g.bars = append(g.bars, b)
		g.all.Add(b)
	}
	most := max(g.log.most(), 1)
	slots := max(len(g.log.rates), speedSlots/2) // a short log does not fill it
	step := (s.Width - 2*edge) / float32(slots)
	for i, b := range g.bars {
		if b.Hidden = i >= len(g.log.rates); b.Hidden {
			continue
		}
		h := max(float32(g.log.rates[i]/most)*(s.Height-2*edge), 1)
		put(b, edge+float32(i)*step, s.Height-edge-h, max(step-between, 1), h)
	}
	g.all.Refresh()
}

func (g *graph) CreateRenderer() fyne.WidgetRenderer {
	return &drawn{
		objects: []fyne.CanvasObject{g.back, g.all},
		min:     func() fyne.Size { return fyne.NewSize(0, graphHeight) },
		place:   g.place,
		paint: func() {
			for _, b := range g.bars {
				b.FillColor = tint(theme.ColorNamePrimary)
			}
		},
	}
}
