#pragma once

#include "widgets/empty_state.h"

#include <QWidget>

#include <functional>

class QStackedWidget;

namespace stepwell {

/// What fills the window below the top bar. GUI thread.
class Page : public QWidget {
    Q_OBJECT
  public:
    explicit Page(QWidget* parent = nullptr);
    /// Loads anew: F5.
    virtual void reload() = 0;
    /// Gives the keyboard to the page's main thing.
    virtual void focusMain() = 0;
    /// Whether something was entered that would be lost by leaving.
    virtual bool hasUnsaved() const { return false; }
    /// Saves what was entered and calls `then` when it is saved. What cannot be saved is shown in place, and
    /// `then` is not called.
    virtual void saveEntered(std::function<void()> then) { then(); }
    /// Shows again what holds.
    virtual void discardEntered() {}
};

/// One section of a workflow's page: its instances, versions or settings.
class WorkflowSection : public Page {
    Q_OBJECT
  public:
    using Page::Page;
    /// Shows another workflow; the same one keeps its place.
    virtual void setWorkflow(const QString& name) = 0;
};

/// A card with a list in it, or with the reason why there is none.
class ListCard : public QWidget {
    Q_OBJECT
  public:
    explicit ListCard(QWidget* list, QWidget* parent = nullptr);
    EmptyState* empty() const { return empty_; }
    void showList();
    void showEmpty();
    bool showsList() const;

  private:
    QStackedWidget* stack_;
    EmptyState* empty_;
};

}  // namespace stepwell
