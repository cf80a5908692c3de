package idle

import (
	"time"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.3/glfw"
)

// New makes the Loop of Fyne's current app. Call it before that runs.
func New() *Loop {
	l := newLoop(fyne.Do,
		// The very GLFW that Fyne's driver has initialised: another version would be another, which is not.
		func(d time.Duration) { glfw.WaitEventsTimeout(d.Seconds()) },
		glfw.PostEmptyEvent)
	rounds := fyne.NewAnimation(time.Hour, func(float32) { l.tick() })
	rounds.RepeatCount = fyne.AnimationRepeatForever
	rounds.Start()
	return l
}
