/**
 * Configuration files as they are written: sections of keys and values, each with its place. What the keys mean is the command
 * line's: they are the names of its options.
 */
@NullMarked
package io.twinport.control.config;

import org.jspecify.annotations.NullMarked;
