//go:build !linux

package main

func helperPrograms() map[string]func() { return map[string]func(){} }

func platformCommands() map[string]scriptCommand { return nil }

type awaited struct{}
