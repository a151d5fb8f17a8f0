#pragma once

#include "models/backend.h"
#include "models/graphql/schema.h"
#include "widgets/analytics/explorer_history.h"
#include "widgets/page.h"

#include <memory>

class QLabel;
class QMenu;
class QPushButton;
class QSplitter;

namespace stepwell {

class Chip;
class ElidedLabel;
class ExplorerAnswer;
class ExplorerDocs;
class GraphqlEditor;
class JsonEditor;

/// Where a person writes GraphQL: the document with its variables at the left, its answer in the middle, what
/// the schema says at the right. Keeps the draft and what was run in the settings, for each backend. GUI
/// thread.
class ExplorerPage : public Page {
    Q_OBJECT
  public:
    explicit ExplorerPage(Backend& backend, QWidget* parent = nullptr);
    ~ExplorerPage() override;

    /// Puts a document into the editor and runs it; `origin` says where it is from: "Wall time".
    void openQuery(const GraphqlQuery& query, const QString& origin);
    void run();
    /// Puts the document into one style; says so when it is too broken for that.
    void prettify();

    void reload() override;
    void focusMain() override;

    GraphqlEditor* document() const { return document_; }
    JsonEditor* variables() const { return variables_; }
    ExplorerAnswer* answer() const { return answer_; }
    ExplorerDocs* docs() const { return docs_; }
    const ExplorerHistory& history() const { return history_; }
    QString problem() const;
    bool hasSchema() const { return schema_ != nullptr; }

  signals:
    void schemaChanged();

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    QWidget* makeHeader();
    QWidget* makeLeft();
    void connectParts();
    void askForSchema();
    void takeSchema(std::shared_ptr<const graphql::Schema> schema, const QString& reason);
    void showWord();
    void showProblems(const std::string& answer);
    void clearProblems();
    void fillHistory();
    void take(const QString& document, const QString& variables, const QString& origin);
    void takeSample();
    void saveDraft() const;
    std::string operationAtCursor() const;
    void fitDocs();

    Backend& backend_;
    ExplorerHistory history_;
    std::shared_ptr<const graphql::Schema> schema_;
    GraphqlEditor* document_;
    JsonEditor* variables_;
    ExplorerAnswer* answer_;
    ExplorerDocs* docs_;
    QSplitter* columns_;
    QPushButton* run_;
    QPushButton* docsButton_;
    QPushButton* problem_;
    ElidedLabel* origin_;
    Chip* historyChip_;
    QMenu* historyMenu_;
    std::size_t problemAt_ = 0;
    int generation_ = 0;
    bool asking_ = false;
    bool docsWanted_ = true;
};

}  // namespace stepwell
