#pragma once

#include "models/api/types.h"

#include <QFrame>

class QLabel;

namespace stepwell {

class ElidedLabel;
class StatusBadge;

/// One of two instances at the head of a comparison: what it is called, where it is, how it went.
class InstanceCard : public QFrame {
    Q_OBJECT
  public:
    explicit InstanceCard(const QString& side, QWidget* parent = nullptr);
    void show(const QString& backend, const QString& workflow, const api::InstanceDetail& detail);
    /// In place of an instance.
    void say(const QString& text);

  private:
    ElidedLabel* name_;
    StatusBadge* badge_;
    ElidedLabel* facts_;
};

}  // namespace stepwell
