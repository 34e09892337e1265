// SPDX-License-Identifier: LGPL-2.1-or-later

// Package session is the HTTP half of a WHEP viewer or WHIP caller.
package session

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

var client = &http.Client{Transport: &http.Transport{Proxy: nil}, Timeout: 20 * time.Second}

// Check ends the program with an error.
func Check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Request expects one of the two codes and returns the body and the Location, made absolute.
func Request(method, address, body string, code, other int) (string, string) {
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	Check(err)
	request.Header.Set("Content-Type", "application/sdp")
	response, err := client.Do(request)
	Check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	Check(err)
	if response.StatusCode != code && response.StatusCode != other {
		Check(fmt.Errorf("%s was answered %d: %s", method, response.StatusCode, text))
	}
	base, err := url.Parse(address)
	Check(err)
	location, err := base.Parse(response.Header.Get("Location"))
	Check(err)
	return string(text), location.String()
}
