// Package store keeps what a node must not forget when its program ends: its
// transfers, those that are on their way and those that are over, with the lists of what they
// were made of, and the peers that it has had to do with.
//
// It is one SQLite database in the config folder, ferry.db, which several
// processes may have open at the same time: a window and any number of
// commands. What a method has written is there to stay, whenever a process
// is killed; only a loss of power can take its last moments. A database that is damaged is set aside, under a name that says so,
// and never removed.
//
// Each process has a name, its owner name, and a lock file that tells the others whether it
// lives. A transfer that is on its way belongs to one of them; those of a
// process that has died can be adopted.
//
// A Store may be used from any goroutine. Errors of a full disk wrap fault.NoSpace.
package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"modernc.org/sqlite" // registers "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	fileName = "ferry.db"
	locksDir = "running" // a lock file for each process that has the store open
)

// migrations bring a database from the version of their index to the next one.
// What has been released must not change.
var migrations = []string{
	`CREATE TABLE transfers (
		id       BLOB    PRIMARY KEY, -- 16 bytes
		outgoing INTEGER NOT NULL,
		peer     BLOB    NOT NULL,    -- peer ID, 32 bytes
		owner    TEXT    NOT NULL,    -- the process that it belongs to while it is on its way
		started  INTEGER NOT NULL,    -- nanoseconds since 1970
		ended    INTEGER,             -- the same; NULL while it is on its way
		untold   INTEGER NOT NULL,    -- it was cancelled here, and the peer does not know
		body     TEXT    NOT NULL     -- JSON
	) STRICT;
	CREATE INDEX transfers_by_start ON transfers (started);
	CREATE INDEX transfers_on_their_way ON transfers (outgoing) WHERE ended IS NULL;
	CREATE INDEX transfers_untold ON transfers (peer) WHERE untold;
	CREATE TABLE peers (
		id   BLOB PRIMARY KEY, -- peer ID, 32 bytes
		body TEXT NOT NULL     -- JSON
	) STRICT;`,
	`ALTER TABLE transfers ADD COLUMN words TEXT NOT NULL DEFAULT ''; -- what it is found by
	ALTER TABLE transfers ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0; -- it is to be forgotten as soon as its peer knows
	CREATE INDEX transfers_dropped ON transfers (id) WHERE dropped;`,
	`CREATE TABLE pictures (
		id   BLOB PRIMARY KEY, -- peer ID, 32 bytes, that is in peers too
		jpeg BLOB NOT NULL
	) STRICT;`,
	`CREATE TABLE lists (
		number INTEGER PRIMARY KEY,         -- grows
		id     BLOB    NOT NULL UNIQUE,     -- of the transfer
		body   BLOB    NOT NULL
	) STRICT;
	CREATE INDEX transfers_by_peer ON transfers (peer, started);`,
}

// ErrNewer is returned for a database that a later version of Ferry has written.
var ErrNewer = errors.New("written by a newer version of Ferry")

// A Store is an open database.
type Store struct {
	db    *sql.DB
	dir   string
	owner string
	lock  *flock.Flock

	maxLists int64
}

// Open opens the database in dir, which must exist, and makes it if there is none. owner
// names this process; no two have the same. If setAside is not empty, there was a damaged
// one, which now has that name. The error wraps [ErrNewer], or fault.NoSpace on a full disk.
func Open(dir, owner string) (s *Store, setAside string, err error) {
	s = &Store{dir: dir, owner: owner, maxLists: maxLists}
	if err := s.lockOwner(); err != nil {
		return nil, "", err
	}
	s.db, err = openDB(dir)
	if isDamaged(err) {
		if setAside, err = moveAside(dir); err == nil {
			s.db, err = openDB(dir)
		}
	}
	if err != nil {
		return nil, "", errors.Join(wrap(filepath.Join(dir, fileName), err), s.unlockOwner())
	}
	return s, setAside, nil
}

// Close gives the database back. Transfers on their way that belong to this
// process can be adopted from now on.
func (s *Store) Close() error { return errors.Join(s.db.Close(), s.unlockOwner()) }

func openDB(dir string) (*sql.DB, error) {
	path := filepath.Join(dir, fileName)
	// Names of files and devices are in it: for its owner only.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	// WAL: a reader never waits. NORMAL: transfers do not wait for the disk. A process that is killed
	// loses nothing; a loss of power may take the last moments, and never more than that.
	dsn := "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() +
		"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_txlock=immediate"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := migrate(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// migrate checks the database and brings it to the version of this program.
func migrate(db *sql.DB) error {
	var sound string
	if err := db.QueryRow("PRAGMA quick_check(1)").Scan(&sound); err != nil {
		return err
	}
	if sound != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, sound)
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	var version int
	if err := tx.QueryRow("PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(migrations) {
		return fmt.Errorf("%w (version %d, this one knows %d)", ErrNewer, version, len(migrations))
	}
	if version == len(migrations) {
		return nil
	}
	for _, m := range migrations[version:] {
		if _, err := tx.Exec(m); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(fmt.Sprintf("PRAGMA user_version = %d", len(migrations))); err != nil {
		return err
	}
	return tx.Commit()
}

var errDamaged = errors.New("damaged")

func isDamaged(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code() & 0xff // without the extended part
		return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
	}
	return errors.Is(err, errDamaged)
}

// isFull reports whether err is of a disk that has no room, for the database or for what SQLite keeps beside it.
func isFull(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite) && (lite.Code() == sqlite3.SQLITE_FULL || lite.Code() == sqlite3.SQLITE_IOERR_SHMSIZE)
}

// moveAside gives a damaged database, and what belongs to it, another name.
func moveAside(dir string) (string, error) {
	path := filepath.Join(dir, fileName)
	aside := path + ".damaged-" + time.Now().UTC().Format("20060102-150405.000")
	for _, suffix := range []string{"-wal", "-shm", ""} {
		err := os.Rename(path+suffix, aside+suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	return aside, nil
}
