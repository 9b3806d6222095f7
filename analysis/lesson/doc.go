// Package lesson is a run made to be watched step by step: the screen that
// people look at while a scenario is held back before each call, and what the
// keys do on it.
//
// It opens nothing, has no clock and no goroutine, and knows no terminal. A run
// that happens now is told to it with [Lesson.Hold] and [Lesson.Look], one that
// was recorded is told by a [Playback]; [Lesson.Key] says what is to be done,
// and [Lesson.View] is the screen.
package lesson
