#pragma once

#include "models/backends/backend_list.h"

#include <QDialog>

class QLabel;
class QListWidget;
class QPushButton;

namespace stepwell {

/// The saved backends: their order, by drag or button, and what can be done with one. What changes something
/// is asked for by signals. GUI thread.
class BackendsDialog : public QDialog {
    Q_OBJECT
  public:
    BackendsDialog(BackendList& list, QWidget* parent);
    /// Ids of those that have a tab.
    void setOpen(const QStringList& ids);
    /// Each `wrangler dev` that was found and is not in the list: shown below it as long as it runs.
    void setFound(const QList<BackendSpec>& found);
    QListWidget* list() const { return rows_; }

  signals:
    void openRequested(const QString& id);
    void addRequested(stepwell::BackendKind kind);
    void changeRequested(const QString& id);
    void removeRequested(const QString& id);

  private:
    void layOut();
    void addKeys();
    void fill();
    void addRow(const BackendSpec& spec, bool isFound);
    bool isFound() const;
    void follow();
    QString chosen() const;
    void shift(int places);

    BackendList& list_;
    QStringList open_;
    QList<BackendSpec> found_;
    QListWidget* rows_;
    QLabel* hint_;
    QPushButton* openIt_;
    QPushButton* change_;
    QPushButton* up_;
    QPushButton* down_;
    QPushButton* remove_;
};

}  // namespace stepwell
