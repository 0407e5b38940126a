/** Helpers for tests with poll loops, also those of the modules above, which get them in this module's test-jar. */
@NullMarked
package io.twinport.dataplane.testing;

import org.jspecify.annotations.NullMarked;
