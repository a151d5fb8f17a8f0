#include "models/deploy/site_names.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include <algorithm>

namespace stepwell {

namespace {

constexpr int longestName = 58;
constexpr int longestLabel = 28;

QString say(const char* text) {
    return QCoreApplication::translate("stepwell::siteNames", text);
}

bool isPlain(QChar c) {
    return (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9');
}

/// Lower case, and one dash for each stretch of anything else.
QString dashed(const QString& text, int longest) {
    QString result;
    for (const QChar c : text.toLower()) {
        if (isPlain(c))
            result += c;
        else if (!result.isEmpty() && !result.endsWith(u'-'))
            result += u'-';
    }
    result.truncate(longest);
    while (result.endsWith(u'-'))
        result.chop(1);
    return result;
}

}  // namespace

QString projectNameProblem(const QString& name) {
    if (name.isEmpty()) return say("A project needs a name.");
    if (name.size() > longestName) return say("At most 58 characters.");
    if (name.startsWith(u'-') || name.endsWith(u'-'))
        return say("A dash cannot stand at the start or the end.");
    if (!std::all_of(name.begin(), name.end(), [](QChar c) { return isPlain(c) || c == u'-'; }))
        return say("Only lower-case letters, digits and dashes.");
    return {};
}

QString proposedProjectName(const QString& path) {
    static const QStringList common{"dist", "build", "out",  "public", "_site", "site",
                                    "www",  "html",  "docs", "output", "static"};
    const QFileInfo file(QDir::cleanPath(path));
    QString name = file.isDir() ? file.fileName() : file.baseName();
    if (common.contains(name.toLower()) && !file.dir().dirName().isEmpty()) name = file.dir().dirName();
    const QString proposed = dashed(name, longestName);
    return proposed.isEmpty() ? QStringLiteral("my-site") : proposed;
}

/// One dash for each character that is none of the label's, as backends do it (reference: branch aliases).
QString labelOfBranch(const QString& branch) {
    QString label;
    for (const QChar c : branch) {
        if (c.isLowSurrogate()) continue;
        const QChar small = c.unicode() < 128 ? c.toLower() : QChar(u'-');
        label += isPlain(small) ? small : QChar(u'-');
    }
    const auto isDash = [](QChar c) { return c == u'-'; };
    label.erase(label.cbegin(), std::find_if_not(label.cbegin(), label.cend(), isDash));
    while (label.endsWith(u'-'))
        label.chop(1);
    return label.left(longestLabel);
}

}  // namespace stepwell
