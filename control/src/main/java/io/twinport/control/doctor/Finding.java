package io.twinport.control.doctor;

/**
 * What was found out about one subject.
 *
 * @param subject a word or two
 * @param text how it is
 * @param fix what to do about it, in commands or lines of a file; empty where there is nothing to do
 */
public record Finding(Level level, String subject, String text, String fix) {
    /** How bad it is. */
    public enum Level {
        /** As it should be. */
        OK,
        /** Worth knowing. */
        NOTE,
        /** It works, but worse than it could, or not after the next boot. */
        WARNING,
        /** It does not work so. */
        PROBLEM
    }

    /** What a file or a program has said stands in it too: nothing of that is to reach a terminal as a control sequence. */
    public Finding {
        text = text.replaceAll("\\p{Cntrl}", "?");
        fix = fix.replaceAll("[\\p{Cntrl}&&[^\n]]", "?");
    }

    static Finding ok(String subject, String text) {
        return new Finding(Level.OK, subject, text, "");
    }

    static Finding note(String subject, String text, String fix) {
        return new Finding(Level.NOTE, subject, text, fix);
    }

    static Finding warning(String subject, String text, String fix) {
        return new Finding(Level.WARNING, subject, text, fix);
    }

    static Finding problem(String subject, String text, String fix) {
        return new Finding(Level.PROBLEM, subject, text, fix);
    }
}
