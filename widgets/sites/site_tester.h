#pragma once

#include "models/backend.h"
#include "models/list_model.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QPushButton;

namespace stepwell {

class TableView;

/// One line of a header: what the rules say, and what came.
struct TestedHeader {
    QString name;
    QString expected;  ///< empty: the rules say nothing
    QString live;      ///< empty: it did not come, or was not asked for
    bool differs = false;
};

/// Headers by name, those of the connection left out. `visit`: null when the site was not asked.
std::vector<TestedHeader> testedHeaders(const api::SiteHeaders& expected, const api::SiteHeaders* visit);

class TestedHeadersModel : public ListModel {
    Q_OBJECT
  public:
    enum ColumnIndex { Name, Expected, Live, ColumnCount };
    enum Role { DiffersRole = Qt::UserRole + 1 };  ///< bool
    explicit TestedHeadersModel(QObject* parent = nullptr);
    void setHeaders(std::vector<TestedHeader> headers);

  protected:
    int rows() const override { return static_cast<int>(headers_.size()); }
    QVariant value(int row, int column, int role) const override;

  private:
    std::vector<TestedHeader> headers_;
};

/// What a deployment answers to a URL and why, without asking it; and the same beside what it really sends.
class SiteTester : public QWidget {
    Q_OBJECT
  public:
    SiteTester(Backend& backend, const std::string& site, const std::string& deployment,
               QWidget* parent = nullptr);

    /// Where paths are asked live.
    void setOrigin(const QString& url) { origin_ = url; }
    void focusMain();
    QLineEdit* field() const { return url_; }
    const TestedHeadersModel& headers() const { return model_; }
    QString verdict() const;
    QString steps() const;

  private:
    void layOut();
    void ask();
    void visit();
    void show();
    void clear(const QString& reason);

    Backend& backend_;
    std::string site_;
    std::string deployment_;
    QString origin_;
    QLineEdit* url_;
    QPushButton* ask_;
    QPushButton* visit_;
    QLabel* verdict_;
    QLabel* detail_;
    QLabel* steps_;
    QLabel* liveVerdict_;
    TableView* table_;
    QWidget* answer_;
    TestedHeadersModel model_;
    std::optional<api::SiteExplanation> explanation_;
    std::optional<api::Result<api::SiteResponse>> response_;
    int generation_ = 0;  ///< of the question: older answers are dropped
};

}  // namespace stepwell
