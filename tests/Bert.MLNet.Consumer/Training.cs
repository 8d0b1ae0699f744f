using Microsoft.ML;

namespace Bert.MLNet.Consumer;

/// <summary>A training in a program that brings no libtorch.</summary>
internal static class Training
{
    public static void Run()
    {
        var ml = new MLContext();
        IDataView rows = ml.Data.LoadFromEnumerable([new Row { Text = "good", Label = true }, new Row { Text = "bad" }]);
        try
        {
            ml.BinaryClassification.Trainers.TextClassification(sentence1ColumnName: "Text").Fit(rows).Dispose();
        }
        catch (DllNotFoundException e)
        {
            Console.WriteLine(e.Message);
        }
    }
}
