//! Drawn badge pictures for badge classes that bring none.
