/**
 * {@code twinport doctor}: looks at everything that can be wrong with a machine, and changes nothing. A {@code Check} for each
 * subject reads the {@code Host}'s files and tells {@code Finding}s, each with what to do; {@code Doctor} has them all.
 */
@NullMarked
package io.twinport.control.doctor;

import org.jspecify.annotations.NullMarked;
