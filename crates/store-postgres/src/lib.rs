//! The back end for several nodes: one journal in PostgreSQL, a ledger in the memory of each node.
//!
//! **Several nodes, one order.** A decision of the ledger rests on all of it: who waited first, which hold has run out,
//! which number is the next. So the nodes do not divide its rows among them, they share its order: the journal is a
//! table, its end is one row (`charye.head`), and whoever holds the lock of that row may add to it. A node gathers what
//! is asked of it, takes the lock, reads what the others have added and replays it, decides its whole batch by the same
//! `booking::rules` on the same `Ledger` as the embedded store, appends one chained row and commits: two round trips
//! for a thousand commands (`writer.rs`). Any node books at any time; there is no leader to elect and none to lose. The
//! chain of the journal, and of the audit record in it, is one chain whoever writes.
//!
//! **What the database guards by itself** (`guards.rs`): places taken, live holds, live doses and names of people stand
//! in tables, too, changed in the same transaction by statements that name what was there before and fail where it is
//! not, with CHECK and UNIQUE behind them. A node whose memory is wrong harms nobody: its batch is refused, halved and
//! tried again, down to the one command that cannot be.
//!
//! **What is acknowledged is on the standby, too.** Every answer, a refusal and a repeated one as well, follows a commit
//! of its own batch that was begun after everything it rests on was read (each batch writes at least the end row). A
//! commit that ended in doubt, because the connection broke or the server warned that it is "committed locally", is
//! never answered as it stands: the node connects anew, takes the lock, looks whether its row is there, and commits
//! once more before it answers. Nothing here ever cancels a statement.
//!
//! **Time** is the database's, and never goes back: nodes whose clocks are an hour off decide alike.
//!
//! **A read waits for the journal**: it is answered from memory after a look at the end of the table that began after
//! it was asked for, one look for all who ask meanwhile. So whoever books on one node sees it on every other.
//!
//! **pgbouncer** in transaction mode is fine: no statement has a name, every setting is the transaction's
//! (`wire.rs`). Nothing is read from a replica.
//!
//! What this crate is not: it divides no load among databases. One journal is one order, as fast as one core decides;
//! each node has all of the ledger in its memory. Beyond that come cells, each with a database of its own.

mod address;
mod checked;
mod guards;
mod health;
mod inbox;
mod journal;
mod line;
mod link;
mod moving;
mod options;
mod rows;
mod schema;
mod shared;
mod store;
mod watched;
mod wire;
mod writer;

pub use address::Address;
pub use checked::{Checked, Tables};
pub use line::PostgresLine;
pub use moving::Moving;
#[cfg(feature = "saboteur")]
pub use options::Sabotage;
pub use options::StoreLimits;
pub use rows::PostgresRows;
#[cfg(feature = "saboteur")]
#[doc(hidden)]
pub use schema::run_script;
pub use shared::{Duty, PostgresKeys, SealedTree};
pub use store::PostgresStore;
