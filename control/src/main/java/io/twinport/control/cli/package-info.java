/** The commands: they parse and check what the user gave, run the work and print. */
@NullMarked
package io.twinport.control.cli;

import org.jspecify.annotations.NullMarked;
