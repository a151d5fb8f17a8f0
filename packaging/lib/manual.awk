# What --help says, as a page of manual: awk -v name=stepwelld -v version=0.1.0 -v summary=TEXT -f manual.awk
# A line that begins with two blanks and no more begins an option or a word; what is far to the right goes on with it.

function roff(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    sub(/^[.']/, "\\\\\\&&", text)
    return text
}
function section(title) { print ".SH " toupper(title); inside = title }
# An entry and, behind two blanks or more, what it means.
function entry(text,    gap) {
    sub(/^ +/, "", text)
    print ".TP"
    gap = match(text, /   *[^ ]/)
    print ".B " roff(gap ? substr(text, 1, gap - 1) : text)
    if (!gap) return
    text = substr(text, gap)
    sub(/^ +/, "", text)
    print roff(text)
}

BEGIN {
    printf ".TH %s 1 \"\" \"Stepwell %s\"\n", toupper(name), version
    section("Name")
    print name " \\- " roff(summary)
}
index($0, name " - ") == 1 { next }  # the summary stands above
/^[Uu]sage: / { if (inside == "Name") section("Synopsis"); sub(/^[Uu]sage: /, ""); entry($0); next }
/^       [a-z]/ { entry($0); next }
/^  ? ?[^ ]/ && inside != "Notes" { if (inside == "Synopsis" || inside == "Description") section("Options"); entry($0); next }
/^ / { sub(/^ +/, ""); print roff($0); next }
/^[A-Z][A-Za-z ]*:$/ { section(substr($0, 1, length($0) - 1)); next }
/^$/ { isApart = 1; next }
{
    if (inside == "Synopsis") section("Description")
    else if (inside == "Options") section("Notes")
    else if (isApart) print ".PP"
    isApart = 0
    print roff($0)
}
