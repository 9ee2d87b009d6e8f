//! Pure rules of the line: tickets, order, serving number, passes.
