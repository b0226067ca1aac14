"""The verbs of orders 责令整改, interviews 约谈 and voluntary activities 自愿活动."""
