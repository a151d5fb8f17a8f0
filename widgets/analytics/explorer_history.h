#pragma once

#include <QDateTime>
#include <QString>

#include <vector>

namespace stepwell {

/// What was run in the explorer, for each backend of its own, kept in the settings. At most 50 entries, the
/// newest first; a text of more than 32 kB is not kept, since settings are read whole.
class ExplorerHistory {
  public:
    struct Entry {
        QString document;
        QString variables;
        QDateTime when;  ///< UTC
    };
    static constexpr int most = 50;
    static constexpr int longest = 32 * 1024;

    /// `backend`: its address.
    explicit ExplorerHistory(const QString& backend);

    const std::vector<Entry>& entries() const { return entries_; }
    /// One that was run before moves to the front.
    void add(const QString& document, const QString& variables, const QDateTime& when);
    void clear();
    /// For a menu: the operation's name, else the first fields; at most 60 characters.
    static QString titleOf(const QString& document);

  private:
    void save() const;

    QString key_;
    std::vector<Entry> entries_;
};

}  // namespace stepwell
