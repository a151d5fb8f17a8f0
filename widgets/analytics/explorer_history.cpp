#include "widgets/analytics/explorer_history.h"

#include "models/graphql/completion.h"
#include "models/text.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>

#include <algorithm>

namespace stepwell {

ExplorerHistory::ExplorerHistory(const QString& backend)
    // Addresses hold slashes, which settings take as groups.
    : key_(
          QStringLiteral("explorer/history/") +
          QString::fromLatin1(QCryptographicHash::hash(backend.toUtf8(), QCryptographicHash::Sha1).toHex())) {
    const auto saved = QJsonDocument::fromJson(QSettings().value(key_).toByteArray());
    for (const auto& one : saved.array()) {
        const auto object = one.toObject();
        const Entry entry{object[QLatin1String("document")].toString(),
                          object[QLatin1String("variables")].toString(),
                          QDateTime::fromString(object[QLatin1String("when")].toString(), Qt::ISODate)};
        const bool fits = entry.document.size() <= longest && entry.variables.size() <= longest;
        if (fits && !entry.document.isEmpty() && entries_.size() < most) entries_.push_back(entry);
    }
}

void ExplorerHistory::add(const QString& document, const QString& variables, const QDateTime& when) {
    if (document.trimmed().isEmpty() || document.size() > longest || variables.size() > longest) return;
    std::erase_if(entries_,
                  [&](const Entry& one) { return one.document == document && one.variables == variables; });
    entries_.insert(entries_.begin(), {document, variables, when.toUTC()});
    if (entries_.size() > most) entries_.resize(most);
    save();
}

void ExplorerHistory::clear() {
    entries_.clear();
    QSettings().remove(key_);
}

void ExplorerHistory::save() const {
    QJsonArray all;
    for (const auto& one : entries_)
        all.append(QJsonObject{{QStringLiteral("document"), one.document},
                               {QStringLiteral("variables"), one.variables},
                               {QStringLiteral("when"), one.when.toString(Qt::ISODate)}});
    QSettings().setValue(key_, QJsonDocument(all).toJson(QJsonDocument::Compact));
}

QString ExplorerHistory::titleOf(const QString& document) {
    constexpr int mostCharacters = 60;
    const std::string text = document.toStdString();
    QStringList names;
    for (const auto& name : graphql::operationsIn(text))
        if (!name.empty()) names.push_back(toQt(name));
    QString title = names.join(QStringLiteral(", "));
    if (title.isEmpty()) title = document.simplified();
    return title.size() > mostCharacters ? title.left(mostCharacters - 1) + QChar(0x2026) : title;
}

}  // namespace stepwell
