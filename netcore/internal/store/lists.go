package store

import (
	"database/sql"
	"errors"
)

// maxLists is how many bytes the lists of all transfers take together: of more, the oldest go. It is small, as
// the whole database is checked at each start.
const maxLists = 32 << 20

// longList is from how many bytes on a list has the others looked at when it is put. What short ones add up to waits
// for Prune.
const longList = 4 << 10

// PutList keeps the list of what transfer id was made of. It is there for as long as the transfer is, and as there is room: the
// lists that were put last stay.
func (s *Store) PutList(id [16]byte, list []byte) error {
	_, err := s.db.Exec("INSERT OR REPLACE INTO lists (id, body) VALUES (?, ?)", id[:], list)
	if err == nil && len(list) >= longList {
		err = s.trimLists()
	}
	return wrap("keep a list of files", err)
}

// trimLists makes the lists fit. It looks at each of them.
func (s *Store) trimLists() error {
	_, err := s.db.Exec(`DELETE FROM lists WHERE number IN (SELECT number FROM
		(SELECT number, SUM(LENGTH(body)) OVER (ORDER BY number DESC) AS newer FROM lists) WHERE newer > ?)`, s.maxLists)
	return err
}

// List returns the list of transfer id; nil if there is none.
func (s *Store) List(id [16]byte) ([]byte, error) {
	var body []byte
	err := s.db.QueryRow("SELECT lists.body FROM lists JOIN transfers USING (id) WHERE id = ? AND NOT dropped", id[:]).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return body, wrap("read a list of files", err)
}
