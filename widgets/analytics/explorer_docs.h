#pragma once

#include "models/graphql/completion.h"

#include <QWidget>

#include <memory>
#include <vector>

class QLineEdit;
class QTextBrowser;
class QToolButton;

namespace stepwell {

/// What the server's schema says: of the word at the cursor, of a type, or of whatever is searched for. Types
/// are links; back leads to what was read before.
class ExplorerDocs : public QWidget {
    Q_OBJECT
  public:
    explicit ExplorerDocs(QWidget* parent = nullptr);

    void setSchema(std::shared_ptr<const graphql::Schema> schema);
    /// Why there is no schema; empty: it is being asked for.
    void setMissing(const QString& reason);
    void showDocumentation(const graphql::Documentation& documentation);
    void showType(const QString& name);
    void showStart();
    /// What is shown, as plain text.
    QString text() const;
    QLineEdit* field() const { return search_; }

  private:
    void search(const QString& text);
    void follow(const QString& link);
    void back();
    void show(const QString& html, const QString& place);
    QString typeHtml(const graphql::Type& type) const;
    QString startHtml() const;
    void applyTheme();

    std::shared_ptr<const graphql::Schema> schema_;
    QLineEdit* search_;
    QToolButton* back_;
    QTextBrowser* page_;
    QStringList places_;  ///< names of types that were read, the shown one last; at most 50
    QString html_;
    QString missing_;
};

}  // namespace stepwell
