package io.twinport.perf.report;

import java.util.List;

/** A page of HTML in one file: style and plots are in it, and it runs no script. Text is escaped. */
public final class Page {
    private static final String STYLE = """
            body { font: 15px/1.45 system-ui, sans-serif; color: #222; max-width: 62em; margin: 2em auto; padding: 0 1em }
            h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin-top: 2em }
            code { background: #f2f2f2; padding: .1em .3em }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums }
            th, td { padding: .2em .8em; text-align: right; border-bottom: 1px solid #ddd }
            td { white-space: nowrap }
            th:first-child, td:first-child { text-align: left; padding-left: 0 }
            svg { display: block; max-width: 100%; height: auto; margin: .5em 0 }
            p.note { color: #666 }
            """;

    private final StringBuilder body = new StringBuilder();
    private final String title;

    public Page(String title) {
        this.title = title;
        body.append("<h1>").append(escape(title)).append("</h1>\n");
    }

    public Page heading(String text) {
        body.append("<h2>").append(escape(text)).append("</h2>\n");
        return this;
    }

    public Page text(String text) {
        body.append("<p>").append(escape(text)).append("</p>\n");
        return this;
    }

    /** What is said beside, in grey. */
    public Page note(String text) {
        body.append("<p class=\"note\">").append(escape(text)).append("</p>\n");
        return this;
    }

    public Page command(String command) {
        body.append("<p><code>").append(escape(command)).append("</code></p>\n");
        return this;
    }

    /** A plot of this package. */
    public Page plot(String svg) {
        body.append(svg).append('\n');
        return this;
    }

    /** Rows of as many cells as the head has. */
    public Page table(List<String> head, List<List<String>> rows) {
        body.append("<table>\n");
        row("th", head);
        rows.forEach(cells -> row("td", cells));
        body.append("</table>\n");
        return this;
    }

    private void row(String tag, List<String> cells) {
        body.append("<tr>");
        for (String cell : cells) {
            body.append('<')
                    .append(tag)
                    .append('>')
                    .append(escape(cell))
                    .append("</")
                    .append(tag)
                    .append('>');
        }
        body.append("</tr>\n");
    }

    /** The whole file. */
    public String html() {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + escape(title)
                + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n" + body + "</body>\n</html>\n";
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
